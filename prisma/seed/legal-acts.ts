import { readSource } from './files.ts';

export interface LegalAct {
  id: string;
  number: string | null;
  date: string | null;
  issuer_ru: string | null;
  title_ru: string | null;
  status: string | null;
  source: Record<string, unknown>;
}

export interface RepealedAct {
  id: string;
  number: string | null;
  titleRu: string | null;
  repealedBy: string;
}

export function readLegalActs(): LegalAct[] {
  return readSource<{ items: LegalAct[] }>('legal-acts').items;
}

/** The act that repealed this one, from the status `repealed_by:<id>`; null while it is in force. */
export function repealedBy(act: LegalAct): string | null {
  return act.status?.startsWith('repealed_by:') ? act.status.slice('repealed_by:'.length) : null;
}

/**
 * Which of the cited acts are repealed, and by what. A policy or a template that cites one gets a warning (specification 3.6: Р-174
 * repeals Р-76, and the Rostov memo still cites it). An unknown id is no reason for a warning: the list is not complete.
 */
export function repealedActs(citedIds: readonly string[], acts: readonly LegalAct[] = readLegalActs()): RepealedAct[] {
  const cited = new Set(citedIds);
  return acts.flatMap((act) => {
    const by = repealedBy(act);
    return by !== null && cited.has(act.id)
      ? [{ id: act.id, number: act.number, titleRu: act.title_ru, repealedBy: by }]
      : [];
  });
}
