import type { IndexHit } from './document-index.js';

/** How little the first places are ahead of the next ones. Cormack, Clarke and Büttcher 2009. */
const smoothing = 60;

/**
 * What was found by its words and what was found by its meaning, in one order: reciprocal rank fusion, which compares places
 * and not scores of different kinds. A document that both have found comes before one that one of them has. It is shown
 * with the part and the score of the list in which its score is higher.
 */
export function mergeHits(byWords: readonly IndexHit[], byMeaning: readonly IndexHit[]): IndexHit[] {
  const merged = new Map<string, { hit: IndexHit; places: number }>();
  for (const hits of [byWords, byMeaning])
    hits.forEach((hit, place) => {
      const known = merged.get(hit.id);
      const places = (known?.places ?? 0) + 1 / (smoothing + place + 1);
      merged.set(hit.id, { hit: known && known.hit.score >= hit.score ? known.hit : hit, places });
    });
  return [...merged.values()]
    .sort((left, right) => right.places - left.places || left.hit.id.localeCompare(right.hit.id))
    .map(({ hit }) => hit);
}
