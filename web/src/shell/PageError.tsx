import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { ErrorNote } from '../kit/ErrorNote.tsx';

export function PageError({ error }: ErrorComponentProps) {
  const router = useRouter();
  return <ErrorNote error={error} onRetry={() => void router.invalidate()} />;
}
