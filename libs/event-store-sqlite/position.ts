import type { Position } from '#event-store';

/** Fixed width, so that positions compare as text in the order of the log. */
export const asPosition = (number: number): Position => String(number).padStart(16, '0');

export const asNumber = (position: Position): number => Number(position);
