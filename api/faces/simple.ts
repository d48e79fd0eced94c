/** A process whose forms are drawn from its schemas and whose words and letters need no more than their tables. */
import type { NoticeParams, NoticeTemplate } from '../../processes/kit/letter.ts';
import type { ProcessFace } from '../ports.ts';

export function simpleFace(of: {
  actions: ProcessFace['actions'];
  facts: ProcessFace['facts'];
  labels: Record<string, string>;
  templates: Record<string, NoticeTemplate>;
}): ProcessFace {
  return {
    actions: of.actions,
    facts: of.facts,
    label: (code) => of.labels[code] ?? of.labels[code.replace(/:.*$/, '')],
    letter(template, params) {
      const found = of.templates[template];
      if (!found) return undefined;
      const given = params as NoticeParams;
      return { subject: found.subjectRu(given), text: found.linesRu(given).join('\n\n') };
    },
  };
}
