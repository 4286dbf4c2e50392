/** A server that does not answer for so long is away, ms: whoever asks is to know within two seconds, his own request included. */
export const patienceMs = 1_800;

/** An append may take longer: the server writes it to a disk, and to others of its cluster. */
export const appendMs = 10_000;
