import { expect, it } from 'vitest';
import { isInRegion, municipalityId, parseMunicipalityId } from './municipality.ts';

it('a municipality is its region and its name; of one name in two regions there are two', () => {
  const id = municipalityId('61', 'Первомайский район');
  expect(parseMunicipalityId(id)).toEqual({ region: '61', nameRu: 'Первомайский район' });
  expect(id).not.toBe(municipalityId('70', 'Первомайский район'));
  expect([isInRegion(id, '61'), isInRegion(id, '6'), isInRegion(id, '70')]).toEqual([true, false, false]);
});

it.each(['', '61', '61:', '61: ', ':Азов', 'Азов', '611:Азов'])('«%s» is none', (id) => {
  expect(parseMunicipalityId(id)).toBeUndefined();
});
