/** Which route of the contract a request is for: labels of logs and metrics, 405, and what a body must be. */
import { routes } from './contract/index.ts';

export interface MatchedRoute {
  method: string;
  path: string;
  /** No session needed. */
  open: boolean;
  /** The body must be JSON and present. */
  jsonBody: boolean;
  stream: boolean;
}

interface Entry extends MatchedRoute {
  pattern: RegExp;
  parameters: number;
}

const table: Entry[] = routes
  .map((route) => {
    const request = 'request' in route ? (route.request as { body?: { content: Record<string, unknown> } }) : {};
    const security = 'security' in route ? (route.security as unknown[]) : undefined;
    return {
      method: route.method.toUpperCase(),
      path: route.path,
      open: security?.length === 0,
      jsonBody: request.body?.content['application/json'] !== undefined,
      stream: route.path === '/api/stream',
      pattern: new RegExp(`^${route.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
      parameters: route.path.split('{').length - 1,
    };
  })
  .sort((a, b) => a.parameters - b.parameters);

/** Of several patterns the one with the fewest parameters is meant: `/api/sessions/end-others` is no session called «end-others». */
const patternOf = (path: string): string | undefined => table.find((entry) => entry.pattern.test(path))?.path;

/** The route of a method and a path; HEAD is GET. */
export function findRoute(method: string, path: string): MatchedRoute | undefined {
  const wanted = method === 'HEAD' ? 'GET' : method;
  const pattern = patternOf(path);
  return table.find((entry) => entry.method === wanted && entry.path === pattern);
}

/** Methods a path answers to; empty when there is no such path. */
export function methodsOf(path: string): string[] {
  const pattern = patternOf(path);
  return table.flatMap((entry) => (entry.path === pattern ? [entry.method] : [])).sort();
}
