/** A seat of a session: the offer it was chosen from, the claim that takes it, what the session is told. */
import { formatDateRu } from '../../kit/dates.ts';
import { deny } from '../../kit/recorder.ts';
import type { Claim } from '../../kit/types.ts';
import type { SessionOffer } from '../state.ts';
import { bookingOpen, outgoing, seatScope, type Payload, type Rec } from './common.ts';

const sessionRu = (o: SessionOffer): string => `${formatDateRu(o.heldOn)}, ${o.startsAt}, ${o.placeRu}`;

/** The seat of the session, with the sessions that are named when it is lost. */
function seatClaim(rec: Rec, to: SessionOffer): Claim {
  const { sessions } = rec.state;
  const place = (o: SessionOffer) => ({
    scope: seatScope(o.sessionCaseId),
    max: o.capacity,
    open: bookingOpen(o.sessionCaseId),
  });
  return {
    kind: 'quota',
    ...place(to),
    denial: {
      code: 'no_seat',
      message: `Мест на экзамене ${sessionRu(to)} больше нет, или запись закрыта.`,
      errors: [{ pointer: '/sessionCaseId', detail: 'Выберите другую дату.' }],
    },
    others: sessions
      .filter((o) => o.sessionCaseId !== to.sessionCaseId && o.heldOn > rec.ctx.today)
      .map((o) => ({ ...place(o), id: o.sessionCaseId, labelRu: sessionRu(o) })),
  };
}

export function requireOffer(rec: Rec, id: unknown): SessionOffer {
  const offer = rec.state.sessions.find((o) => o.sessionCaseId === id);
  if (!offer)
    deny('no_such_session', 'Такого сеанса в списке нет: обновите список дат.', {
      errors: [{ pointer: '/sessionCaseId', detail: 'Выберите дату из списка.' }],
    });
  if (offer.heldOn <= rec.ctx.today)
    deny('session_past', 'Этот экзамен уже прошёл.', {
      errors: [{ pointer: '/sessionCaseId', detail: 'Выберите другую дату.' }],
    });
  return offer;
}

/** Takes the seat: the event that does it, and what the session is told. */
export function takeSeat(rec: Rec, offer: SessionOffer): Payload {
  const { state: s } = rec;
  rec.claim(seatClaim(rec, offer));
  return {
    session: offer,
    tell: outgoing(rec, offer.sessionCaseId, {
      kind: 'seat_booked',
      caseId: s.caseId,
      subjectId: s.initiatorId,
      qualification: s.qualification,
    }),
  };
}
