import { useQuery } from '@tanstack/react-query';
import { Loading } from '../kit/bits.tsx';
import { usePathParam } from '../lib/links.tsx';
import { screensQuery } from '../processes/index.ts';
import { NotFound } from '../shell/NotFound.tsx';

/** The page a process keeps for its offices. */
export function DeskPage() {
  const screens = useQuery(screensQuery(usePathParam('slug')));
  if (screens.isPending) return <Loading />;
  const Desk = screens.data?.Desk;
  return Desk ? <Desk /> : <NotFound />;
}
