import { Described } from '../../platform/schema/description.js';
import { Text } from '../../platform/schema/field.js';

@Described('The confirmation that an account is to be erased.')
export class ErasureConfirmation {
  @Text({
    description: 'Your password. It may be left out where there is none, and within five minutes after a login.',
    min: 1,
    max: 256,
    format: 'password',
    optional: true,
  })
  password?: string;
}
