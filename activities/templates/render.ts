import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import type { NoticeParams } from '../../processes/kit/letter.ts';
import { ACCOUNT, ACCOUNT_TEMPLATES } from '../../platform/identity/letters.ts';
import { formatDateRu } from '../../processes/kit/dates.ts';
import { type Letter, LetterLayout, type LetterSection, plainText } from './layout.tsx';
import { findTemplate } from '../../processes/registry.ts';

export interface NoticeToRender {
  process: string;
  template: string;
  params: NoticeParams;
  /** Where its button leads: the case, or `url` for letters that belong to none. */
  caseId?: string;
  url?: string;
  legallySignificant: boolean;
  /** Whom the addressee stands in for, and the order: why the letter came to him. */
  behalfRu?: string;
  /** Local date on which it arose, where the case runs on a skipped clock: the letter itself is sent today. */
  nominalOn?: string;
}

export interface RenderedLetter {
  subject: string;
  html: string;
  text: string;
}

/** A template that nobody wrote, or one that cannot be filled: the letter waits until it is mended. */
export class TemplateFailure extends Error {
  override readonly name = 'TemplateFailure';
}

const automatic = 'Письмо отправлено автоматически, отвечать на него не нужно.';

/** One letter about one event of a case. */
export function renderNotice(notice: NoticeToRender, publicUrl: string): RenderedLetter {
  const { subjectRu, section } = sectionOf(notice, publicUrl);
  const footerRu = [
    ...(notice.legallySignificant
      ? ['Это юридически значимое уведомление: откройте его на портале и подтвердите, что ознакомились.']
      : []),
    ...(notice.nominalOn ? [`Дата события: ${formatDateRu(notice.nominalOn)}`] : []),
    automatic,
  ];
  return toMail({ subjectRu, sections: [section], footerRu });
}

/** One letter a day for a person with many open tasks. What cannot be drawn is left out of it beforehand: see `failureOf`. */
export function renderDigest(notices: NoticeToRender[], publicUrl: string): RenderedLetter {
  const sections = notices.map((notice) => {
    const { subjectRu, section } = sectionOf(notice, publicUrl);
    return { ...section, headingRu: subjectRu };
  });
  return toMail({
    subjectRu: `Сводка за день: ${sections.length}`,
    sections,
    footerRu: [`Сводки можно отключить в настройках: ${settingsUrl(publicUrl)}`, automatic],
  });
}

/** Why the letter cannot be drawn; `null`: it can. */
export function failureOf(notice: NoticeToRender, publicUrl: string): TemplateFailure | null {
  try {
    sectionOf(notice, publicUrl);
    return null;
  } catch (error) {
    if (error instanceof TemplateFailure) return error;
    throw error;
  }
}

export function settingsUrl(publicUrl: string): string {
  return `${publicUrl}/profile`;
}

function sectionOf(notice: NoticeToRender, publicUrl: string): { subjectRu: string; section: LetterSection } {
  const template =
    notice.process === ACCOUNT ? ACCOUNT_TEMPLATES[notice.template] : findTemplate(notice.process, notice.template);
  if (!template) throw new TemplateFailure(`no template ${notice.template} in ${notice.process}`);
  try {
    const linesRu = [
      ...template.linesRu(notice.params),
      ...(notice.behalfRu ? [`Письмо пришло вам, потому что вы замещаете: ${notice.behalfRu}.`] : []),
    ];
    return {
      subjectRu: template.subjectRu(notice.params),
      section: notice.url
        ? { linesRu, url: notice.url, urlLabelRu: buttonOf(notice.template) }
        : { linesRu, url: `${publicUrl}/cases/${notice.caseId}` },
    };
  } catch (error) {
    throw new TemplateFailure(`the template ${notice.template} cannot be filled: ${String(error)}`, { cause: error });
  }
}

const buttonOf = (template: string): string => ACCOUNT_TEMPLATES[template]?.button ?? 'Открыть профиль';

/** What mail programs know; the layout is tables. */
const doctype =
  '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">';

/** Drawn in one go: the stream that `@react-email/render` makes of every letter costs seven times as much. */
function toMail(letter: Letter): RenderedLetter {
  const html = doctype + renderToStaticMarkup(createElement(LetterLayout, { letter }));
  return { subject: letter.subjectRu, html, text: plainText(letter) };
}
