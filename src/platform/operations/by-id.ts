import { Uuid } from '../schema/field.js';

/** The parameter of an operation that addresses one resource by its id. */
export class ById {
  @Uuid({ description: 'Identifier.' })
  id: string;
}
