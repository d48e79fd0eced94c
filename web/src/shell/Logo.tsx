/** A path that rises between two points. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false">
      <rect width="32" height="32" rx="8" fill="#1c5a92" />
      <path d="M6.5 23c5 0 6.5-4 9-8s5-7 10-7" fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" />
      <circle cx="6.5" cy="23" r="2.6" fill="#ffd27a" />
      <circle cx="25.5" cy="8" r="2.6" fill="#ffd27a" />
    </svg>
  );
}
