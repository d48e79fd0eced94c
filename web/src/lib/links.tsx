import { createLink, type LinkComponent, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Anchor, type AnchorProps, Button, type ButtonProps, NavLink, type NavLinkProps } from '@mantine/core';
import { forwardRef } from 'react';

const BaseAnchor = forwardRef<HTMLAnchorElement, Omit<AnchorProps, 'href'>>((props, ref) => (
  <Anchor ref={ref} {...props} />
));
const BaseButton = forwardRef<HTMLAnchorElement, Omit<ButtonProps, 'href'>>((props, ref) => (
  <Button component="a" ref={ref} {...props} />
));
const BaseNav = forwardRef<HTMLAnchorElement, Omit<NavLinkProps, 'href'>>((props, ref) => (
  <NavLink component="a" ref={ref} {...props} />
));

export const AnchorTo: LinkComponent<typeof BaseAnchor> = createLink(BaseAnchor) as never;
export const ButtonTo: LinkComponent<typeof BaseButton> = createLink(BaseButton) as never;
export const NavTo: LinkComponent<typeof BaseNav> = createLink(BaseNav) as never;

/** Parameters and search words of the page, as text. */
export const usePathParam = (name: string): string =>
  (useParams({ strict: false }) as Record<string, string>)[name] ?? '';

export function useWords(): [Record<string, string>, (change: Record<string, string | undefined>) => void] {
  const search = useSearch({ strict: false }) as Record<string, string>;
  const navigate = useNavigate();
  const change = (more: Record<string, string | undefined>) => {
    const next = Object.fromEntries(
      Object.entries({ ...search, ...more }).filter((e): e is [string, string] => e[1] !== undefined && e[1] !== ''),
    );
    void navigate({ to: '.', search: next as never, replace: true });
  };
  return [search, change];
}

/** The screen that shows what a list query of the API answers: every number opens to its cases. */
export function screenOf(list: string): { to: string; search: Record<string, string> } {
  const url = new URL(list, 'http://x');
  const search = Object.fromEntries(url.searchParams);
  const path = url.pathname.replace(/^\/api/, '');
  if (path === '/incidents') return { to: '/admin/incidents', search };
  return { to: path, search };
}
