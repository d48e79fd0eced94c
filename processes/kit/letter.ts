/** Texts of a letter template, in Russian; the layout is common to all. */
export type NoticeParams = Record<string, string | number | boolean | null>;

export interface NoticeTemplate {
  subjectRu(p: NoticeParams): string;
  /** Paragraphs of the letter. */
  linesRu(p: NoticeParams): string[];
  /** May not be muted; asks for familiarisation. */
  legallySignificant: boolean;
}

/** A date in words ends with a full stop of its own: a sentence that ends with it has no second one. */
export const withOneStop = (text: string): string => text.replaceAll('г..', 'г.');

/** A letter by its subject and its paragraphs; an empty paragraph is left out. */
export function template(
  subjectRu: (p: NoticeParams) => string,
  linesRu: (p: NoticeParams) => string[],
  legallySignificant = false,
): NoticeTemplate {
  return {
    subjectRu: (p) => withOneStop(subjectRu(p)),
    linesRu: (p) =>
      linesRu(p)
        .filter(Boolean)
        .map((line) => withOneStop(line.charAt(0).toUpperCase() + line.slice(1))),
    legallySignificant,
  };
}
