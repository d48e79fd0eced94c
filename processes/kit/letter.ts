/** Texts of a letter template, in Russian; the layout is common to all. */
export type NoticeParams = Record<string, string | number | boolean | null>;

export interface NoticeTemplate {
  subjectRu(p: NoticeParams): string;
  /** Paragraphs of the letter. */
  linesRu(p: NoticeParams): string[];
  /** May not be muted; asks for familiarisation. */
  legallySignificant: boolean;
}

/** A letter by its subject and its paragraphs; an empty paragraph is left out. */
export function template(
  subjectRu: (p: NoticeParams) => string,
  linesRu: (p: NoticeParams) => string[],
  legallySignificant = false,
): NoticeTemplate {
  // A date in words ends with a full stop of its own.
  const once = (text: string) => text.replaceAll('г..', 'г.');
  return {
    subjectRu: (p) => once(subjectRu(p)),
    linesRu: (p) =>
      linesRu(p)
        .filter(Boolean)
        .map((line) => once(line.charAt(0).toUpperCase() + line.slice(1))),
    legallySignificant,
  };
}
