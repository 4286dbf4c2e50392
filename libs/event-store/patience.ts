/** Whoever asks for something is to know within two seconds that it is away: no longer than this is waited for it, ms. */
export const patienceMs = 1_800;
