/** Texts of a letter template, in Russian; the layout is common to all. */
export type NoticeParams = Record<string, string | number | boolean | null>;

export interface NoticeTemplate {
  subjectRu(p: NoticeParams): string;
  /** Paragraphs of the letter. */
  linesRu(p: NoticeParams): string[];
  /** May not be muted; asks for familiarisation. */
  legallySignificant: boolean;
}
