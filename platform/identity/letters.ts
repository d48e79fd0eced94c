/** Letters about an account. They belong to no case, leave at once whatever the hour, and their link is made when they leave. */
import type { NoticeParams, NoticeTemplate } from '../../processes/kit/notices-types.ts';

/** The name under which the outbox finds these templates where a case would name its process. */
export const ACCOUNT = 'account';

const template = (subjectRu: string, linesRu: (p: NoticeParams) => string[]): NoticeTemplate => ({
  subjectRu: () => subjectRu,
  linesRu,
  legallySignificant: false,
});

export const ACCOUNT_TEMPLATES: Record<string, NoticeTemplate & { button?: string }> = {
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
};
