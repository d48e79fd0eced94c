/**
 * What nobody does for another: one's own account, personal data, letters and drafts of a personal task. A deputy does these in his own name; the screens
 * leave the order out of such requests, the API refuses a write that names one.
 */
const OWN_NAME = ['session', 'sessions', 'password', 'profile', 'tokens', 'me', 'notices', 'referrals'];

/** Is a request to this path of the API always in one's own name? The path is the pattern of the route or the address itself. */
export function isInOwnName(path: string): boolean {
  const [, api, area = '', ...rest] = path.split(/[/?]/);
  return (
    api === 'api' && ((OWN_NAME.includes(area) && path !== '/api/session') || (area === 'tasks' && rest[1] === 'draft'))
  );
}
