import { z } from 'zod';

/** Milliseconds since the Unix epoch. */
export const time = z.number();
/** A number, or null if it is not finite or was not measured. */
export const number = z.number().nullable();
export const pair = z.tuple([z.string(), z.string()]);

/** Values over the latest minutes. Empty if none were recorded. */
export const values = z.strictObject({ stepMs: z.number(), unixMs: z.array(time), values: z.array(number) });
export type Values = z.infer<typeof values>;

/** Body of every response with a status other than 200. */
export const errorSchema = z.strictObject({ error: z.string() });
