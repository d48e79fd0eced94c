/** Words for codes of the contract that a screen shows by itself; the API sends its own words with everything else. */
export const WAITING: Record<string, string> = {
  applicant: 'заявителя',
  operator: 'оператора',
  coordinator: 'координатора',
  expert: 'экспертов',
  arbiter: 'арбитра',
  appeals: 'апелляционную комиссию',
  commission: 'комиссию',
  registry: 'реестр',
  person: 'педагога',
  mentor: 'наставника',
  school: 'школу',
  authority: 'орган управления образованием',
  hr: 'кадровую службу',
  outside: 'внешнее событие',
  system: 'систему',
  nobody: 'никого',
};

export const VERDICTS: Record<string, string> = { approve: 'одобрить', revise: 'доработать', reject: 'отклонить' };

export const OUTCOMES: Record<string, string> = {
  granted: 'положительное решение',
  certified: 'сертифицирована',
  refused: 'отказано',
  withdrawn: 'отозвана',
  lapsed: 'прекращена за пропуском срока',
  cancelled: 'отменена',
  transferred: 'передана',
  annulled: 'аннулирована',
  delisted: 'исключена',
  expired: 'срок истёк',
};

export const toneOfStatus = (status: string): 'good' | 'late' | 'soon' | 'info' | 'plain' => {
  if (['certified', 'active', 'valid', 'granted'].includes(status)) return 'good';
  if (['suspended', 'expiring', 'prolonged'].includes(status)) return 'soon';
  if (['annulled', 'delisted', 'expired', 'refused', 'lapsed'].includes(status)) return 'late';
  return 'plain';
};
