import { enumeration } from '#config/schema.ts';
import { type ErrorMode, errorModes } from './error-mode.ts';
import { contextNames } from './signal-contexts.ts';

/* Keys that the configurations of the filter and transform processors share. The texts of refusals are the Collector's. */

const refuseErrorMode = (text: string) => `unknown error mode ${text}`;

/** `error_mode` of a processor. */
export const errorMode = () =>
  enumeration<ErrorMode>({ values: errorModes, default: 'ignore', ignoreCase: true, refusal: refuseErrorMode });

/** `error_mode` of a group of statements or conditions. Empty: that of the processor. */
export const groupErrorMode = () =>
  enumeration<ErrorMode | ''>({
    values: ['', ...errorModes],
    default: '',
    ignoreCase: true,
    refusal: refuseErrorMode,
  }).describe('Overrides the `error_mode` of the processor.');

/** `context` of a group of statements or conditions. Empty: the paths determine it. */
export const groupContext = () =>
  enumeration({
    values: ['', ...contextNames],
    default: '',
    ignoreCase: true,
    refusal: (text) => `unknown context ${text.toLowerCase()}`,
  });
