import type { ConstraintTable } from '../../platform/database/sql-state.js';

/** Maps constraint violations of tags to faults. */
export const tagConstraints: ConstraintTable = {
  tags_team_id_name_key: {
    code: 'ALREADY_EXISTS',
    detail: 'The team has a tag with this name already; case makes no difference.',
    path: 'name',
  },
  tags_name_check: { code: 'VALIDATION_FAILED', detail: 'name must not be blank.', path: 'name' },
  tags_color_check: { code: 'VALIDATION_FAILED', detail: 'color must be #rrggbb.', path: 'color' },
};
