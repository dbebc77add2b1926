import { OttlParseError } from '../ottl-error.ts';

/** Names of months, weekdays, and halves of a day, each in several lengths. */
export interface TimeNames {
  readonly months: readonly (readonly string[])[];
  /** Sunday first. */
  readonly weekdays: readonly (readonly string[])[];
  /** Before and after noon. */
  readonly dayPeriods: readonly (readonly string[])[];
}

const monthDates = Array.from({ length: 12 }, (_, month) => Date.UTC(2024, month, 15));
// 2024-09-01 was a Sunday.
const weekdayDates = Array.from({ length: 7 }, (_, day) => Date.UTC(2024, 8, day + 1));
const dayPeriodDates = [Date.UTC(2024, 0, 1, 9), Date.UTC(2024, 0, 1, 21)];

/**
 * Returns the names in a language, such as `es-ES`.
 * @throws OttlParseError for an invalid language tag
 */
export function timeNames(locale: string): TimeNames {
  try {
    if (Intl.DateTimeFormat.supportedLocalesOf(locale).length === 0) {
      throw new OttlParseError(`unsupported locale '${locale}', value must be a supported BCP 47 language tag`);
    }
  } catch (error) {
    if (error instanceof OttlParseError) throw error;
    throw new OttlParseError(`invalid locale '${locale}': it must be a BCP 47 language tag`);
  }
  const names = (
    dates: readonly number[],
    type: 'month' | 'weekday' | 'dayPeriod',
    formats: Intl.DateTimeFormatOptions[],
  ) =>
    dates.map((date) => {
      const found = formats.map((format) =>
        new Intl.DateTimeFormat(locale, { ...format, timeZone: 'UTC' })
          .formatToParts(date)
          .find((part) => part.type === type),
      );
      return [...new Set(found.flatMap((part) => (part ? [part.value, part.value.replace(/\.$/, '')] : [])))];
    });
  // In some languages, the name of a month has another form next to a day.
  const inDates = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormatOptions => ({ ...options, day: 'numeric' });
  const [long, short] = [{ month: 'long' }, { month: 'short' }] as const;
  return {
    months: names(monthDates, 'month', [long, short, inDates(long), inDates(short)]),
    weekdays: names(weekdayDates, 'weekday', [{ weekday: 'long' }, { weekday: 'short' }]),
    dayPeriods: names(dayPeriodDates, 'dayPeriod', [{ hour: 'numeric', hour12: true }]).map((each, half) => [
      ...each,
      // Also accepts the names with ordinary spaces or without spaces, and the English names.
      ...each.map((name) => name.replaceAll('\u00a0', ' ')),
      ...each.map((name) => name.replace(/\s/g, '')),
      half === 0 ? 'am' : 'pm',
    ]),
  };
}

let english: TimeNames | undefined;

/** Returns the English names. Reads them once, on demand: the first use of `Intl` loads tables for milliseconds. */
export function englishNames(): TimeNames {
  english ??= timeNames('en');
  return english;
}
