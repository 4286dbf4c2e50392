export { recountDefinition, recountOverview, type CountedFact, type Stream } from './recount.js';
