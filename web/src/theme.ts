import {
  Alert,
  Anchor,
  Badge,
  Button,
  Card,
  createTheme,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  Modal,
  Pagination,
  Popover,
  SegmentedControl,
  Table,
  Tooltip,
} from '@mantine/core';
import { type Language, t } from './i18n/index.ts';

const ink: MantineColorsTuple = [
  '#eef4fa',
  '#dbe7f3',
  '#b6cee6',
  '#8fb4d9',
  '#6d9dcd',
  '#5890c6',
  '#4a87c1',
  '#38739f',
  '#1c5a92',
  '#0f4a7d',
];
const sand: MantineColorsTuple = [
  '#fbf8f1',
  '#f4efe3',
  '#e8dec6',
  '#dbcba6',
  '#d0bc8b',
  '#c9b279',
  '#9a8244',
  '#86703a',
  '#6f5c2f',
  '#5a4a25',
];

/** Shades and the two variables below were chosen so that no text falls under the contrast of WCAG 2.2 AA, light or dark. */
/** Asked anew when the language changes: it holds the names of what Mantine draws itself. */
export const themeIn = (_language: Language) =>
  createTheme({
    primaryColor: 'ink',
    colors: { ink, sand },
    primaryShade: { light: 8, dark: 8 },
    fontFamily: '-apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", system-ui, sans-serif',
    fontFamilyMonospace: 'ui-monospace, "JetBrains Mono", "SFMono-Regular", Consolas, "Liberation Mono", monospace',
    headings: {
      fontWeight: '650',
      sizes: {
        h1: { fontSize: '1.6rem', lineHeight: '1.25' },
        h2: { fontSize: '1.2rem', lineHeight: '1.3' },
        h3: { fontSize: '1.02rem', lineHeight: '1.35' },
      },
    },
    defaultRadius: 'md',
    cursorType: 'pointer',
    focusRing: 'auto',
    components: {
      // The tints of the kit are too loud for a page that officials read all day.
      Alert: Alert.extend({
        defaultProps: { radius: 'md', variant: 'light' },
        vars: (_theme, props) => {
          const tone = TONES[String(props.color)] ?? 'info';
          return {
            root: {
              '--alert-bg': `var(--app-${tone}-ground)`,
              '--alert-color': `var(--app-${tone})`,
              '--alert-bd': 'none',
            },
          };
        },
      }),
      // A link inside a text is not told from it by colour alone.
      Anchor: Anchor.extend({ defaultProps: { underline: 'always' } }),
      Button: Button.extend({
        defaultProps: { radius: 'md' },
        vars: (_theme, props) =>
          props.variant === 'light' && props.color === 'red'
            ? {
                root: {
                  '--button-bg': 'var(--app-late-ground)',
                  '--button-color': 'var(--app-late)',
                  '--button-hover': 'var(--app-late-ground)',
                },
              }
            : { root: {} },
      }),
      // Choices that do not fit beside each other on a phone stand below each other.
      SegmentedControl: SegmentedControl.extend({ styles: { root: { maxWidth: '100%', flexWrap: 'wrap' } } }),
      Card: Card.extend({ defaultProps: { withBorder: true, radius: 'md', padding: 'md' } }),
      Badge: Badge.extend({ defaultProps: { variant: 'light', radius: 'sm', tt: 'none', fw: 600 } }),
      Modal: Modal.extend({
        defaultProps: { closeButtonProps: { 'aria-label': t('common.close') }, centered: true, radius: 'lg' },
        styles: { title: { fontWeight: 650 } },
      }),
      Pagination: Pagination.extend({
        defaultProps: { getControlProps: (control) => ({ 'aria-label': PAGES[control] ?? t('table.page') }) },
      }),
      Popover: Popover.extend({ defaultProps: { shadow: 'md', radius: 'md' } }),
      Table: Table.extend({ defaultProps: { verticalSpacing: 8, horizontalSpacing: 'sm' } }),
      Tooltip: Tooltip.extend({ defaultProps: { multiline: true, maw: 320, withArrow: true } }),
    },
  });

const TONES: Record<string, string> = { red: 'late', yellow: 'soon', green: 'good', gray: 'mute' };

const PAGES: Record<string, string> = {
  get first() {
    return t('table.first');
  },
  get previous() {
    return t('table.previous');
  },
  get next() {
    return t('table.next');
  },
  get last() {
    return t('table.last');
  },
};

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#565d66',
    '--mantine-color-body': '#ffffff',
    '--mantine-color-placeholder': '#6b7280',
    '--mantine-color-error': '#b42318',
    '--app-ground': '#f5f5f2',
    '--app-line': '#dfe2e6',
    '--app-soft': '#f0f3f7',
    '--app-late': '#b42318',
    '--app-late-ground': '#fdecea',
    '--app-soon': '#8a4b00',
    '--app-soon-ground': '#fdf1dc',
    '--app-good': '#1b6b3a',
    '--app-good-ground': '#e5f4ea',
    '--app-info': '#164a7a',
    '--app-info-ground': '#e6f0f9',
    '--app-mute': '#4b535c',
    '--app-mute-ground': '#eceef1',
    '--app-added': '#dff3e4',
    '--app-removed': '#fde3e0',
  },
  dark: {
    '--mantine-color-dimmed': '#b8bcc2',
    '--mantine-color-body': '#1f2226',
    '--mantine-color-text': '#e4e6e9',
    '--mantine-color-placeholder': '#a0a6ad',
    '--mantine-color-error': '#ff9c92',
    '--mantine-color-anchor': '#8fc1f0',
    '--app-ground': '#16181b',
    '--app-line': '#363b42',
    '--app-soft': '#272b31',
    '--app-late': '#ffaaa1',
    '--app-late-ground': '#4a1f1b',
    '--app-soon': '#ffd08a',
    '--app-soon-ground': '#44320f',
    '--app-good': '#9fe0b4',
    '--app-good-ground': '#193825',
    '--app-info': '#a8d0f5',
    '--app-info-ground': '#15324c',
    '--app-mute': '#c6cbd1',
    '--app-mute-ground': '#31363d',
    '--app-added': '#1c3d29',
    '--app-removed': '#4a2320',
  },
});
