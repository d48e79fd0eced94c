/** Letters about an account. They belong to no case, leave at once whatever the hour, and their link is made when they leave. */
import type { NoticeParams, NoticeTemplate } from '../../processes/kit/letter.ts';

/** The name under which the outbox finds these templates where a case would name its process. */
export const ACCOUNT = 'account';

const template = (subjectRu: string, linesRu: (p: NoticeParams) => string[]): NoticeTemplate => ({
  subjectRu: () => subjectRu,
  linesRu,
  legallySignificant: false,
});

const data = { button: 'Мои данные', path: '/my-data' };

/** `path`: where the button leads; the profile, where it is not said. */
export const ACCOUNT_TEMPLATES: Record<string, NoticeTemplate & { button?: string; path?: string }> = {
  invitation: {
    ...template('Приглашение в «Траекторию»', (p) => [
      'Для вас открыта учётная запись на платформе «Траектория». Чтобы войти, откройте ссылку и задайте пароль или выберите вход через учётную запись организации.',
      `Ссылка действует до ${p.until} и срабатывает один раз. Не пересылайте это письмо.`,
      'Если вы не ждали приглашения, просто удалите письмо: без вас ничего не произойдёт.',
    ]),
    button: 'Принять приглашение',
  },
  reset: {
    ...template('Новый пароль для «Траектории»', (p) => [
      'Кто-то, вероятно вы, попросил задать новый пароль для входа в «Траекторию».',
      `Ссылка действует до ${p.until} и срабатывает один раз. После смены пароля вход на других устройствах завершится.`,
      'Если это были не вы, ничего не делайте: прежний пароль остаётся в силе.',
    ]),
    button: 'Задать новый пароль',
  },
  'password-changed': template('Пароль изменён', (p) => [
    `Пароль вашей учётной записи изменён ${p.at}. Вход на других устройствах завершён.`,
    'Если это были не вы, сразу попросите новый пароль на странице входа и сообщите администратору.',
  ]),
  'role-granted': template('Вам назначена роль', (p) => [
    `${p.behalf ? `Замещение (за: ${p.behalf}). ` : p.acting ? 'Исполнение обязанностей. ' : ''}Роль: ${p.role}${p.scope ? `, ${p.scope}` : ''}.`,
    `Срок: с ${p.from}${p.to ? ` по ${p.to}` : ''}. Основание: ${p.act}.`,
  ]),
  'role-ended': template('Роль завершена', (p) => [
    `Роль «${p.role}»${p.scope ? `, ${p.scope}` : ''} действует по ${p.to} включительно. Основание: ${p.act}.`,
  ]),
  'data-request-registered': {
    ...template('Обращение о персональных данных принято', (p) => [
      `Ваше обращение «${p.kind}» зарегистрировано. Ответ будет не позднее ${p.until}.`,
      'Ход обращения виден на странице «Мои данные».',
    ]),
    ...data,
  },
  'data-request-office': {
    ...template('Новое обращение о персональных данных', (p) => [
      `Поступило обращение «${p.kind}». Решить его нужно не позднее ${p.until}.`,
    ]),
    button: 'Открыть обращения',
    path: '/personal-data',
  },
  'data-request-decided': {
    ...template('Решение по обращению о персональных данных', (p) => [
      `По обращению «${p.kind}» принято решение: ${p.decision}.`,
      'Пояснение прочитайте на странице «Мои данные».',
    ]),
    ...data,
  },
  'data-consent-withdrawn': {
    ...template('Согласие отозвано', (p) => [
      `Согласие «${p.title}» отозвано. То, что делалось только на его основании, прекращено сразу; то, чего требует закон, остаётся.`,
    ]),
    ...data,
  },
};
