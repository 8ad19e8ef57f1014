import { ValidateBy } from 'class-validator';
import { PRIORITY_NAMES, priorityOf } from './task.values.js';

/** Accepts a priority as clients write it: 0 to 10, or a name. */
export function IsPriority(): PropertyDecorator {
  return ValidateBy({
    name: 'isPriority',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'string'
          ? priorityOf(value) !== undefined
          : Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 10,
      defaultMessage: () => `$property must be a whole number from 0 to 10, or one of ${PRIORITY_NAMES.join(', ')}`,
    },
  });
}
