import { Described } from '../schema/description.js';
import { Property } from '../schema/property.js';
import { faultCatalogue } from '../faults/catalogue.js';

@Described('What every answer says about its request.')
export class Meta {
  @Property({ description: 'Identifies the request in logs.', type: 'string', pattern: '^req_[a-z0-9]+$' })
  requestId: string;

  @Property({ description: 'When the request was received.', type: 'string', format: 'date-time' })
  timestamp: string;

  @Property({ description: 'Version of the wire format.', type: 'string', example: '1.0.0' })
  version: string;
}

@Described('Where a page lies in its list.')
export class Pagination {
  @Property({ description: 'Number of all rows, exact up to 10,000.', type: 'integer', minimum: 0, required: false })
  total?: number;

  @Property({ description: 'Whether total is an estimate.', type: 'boolean', required: false })
  totalIsEstimate?: boolean;

  @Property({ description: 'Rows per page.', type: 'integer', minimum: 1, maximum: 100 })
  limit: number;

  @Property({ description: 'Rows skipped.', type: 'integer', minimum: 0 })
  offset: number;

  @Property({ description: 'Whether there is another page.', type: 'boolean' })
  hasMore: boolean;

  @Property({ description: 'Cursor of the next page.', type: 'string', nullable: true })
  nextCursor: string | null;
}

@Described('One problem with the input.')
export class FieldProblem {
  @Property({
    description: 'Where the problem is, such as `operations[3].task.title` or `query.limit`.',
    type: 'string',
  })
  path: string;

  @Property({ description: 'What is wrong.', type: 'string' })
  message: string;

  @Property({ description: 'Stable code.', type: 'string' })
  code: string;
}

@Described('A failure, as RFC 9457 problem details.')
export class Problem {
  @Property({ description: 'Always false.', type: 'boolean', enum: [false] })
  success: false;

  @Property({ description: 'URI of the kind of problem.', type: 'string', format: 'uri' })
  type: string;

  @Property({ description: 'Short name of the kind of problem.', type: 'string' })
  title: string;

  @Property({ description: 'HTTP status.', type: 'integer', minimum: 400, maximum: 599 })
  status: number;

  @Property({ description: 'What happened in this case.', type: 'string' })
  detail: string;

  @Property({ description: 'Path of the request.', type: 'string' })
  instance: string;

  @Property({ description: 'Stable code to branch on.', type: 'string', enum: Object.keys(faultCatalogue) })
  code: string;

  @Property({ description: 'Every problem with the input.', type: () => [FieldProblem] })
  errors: FieldProblem[];

  @Property({ description: 'Identifies the request in logs.', type: 'string' })
  requestId: string;
}
