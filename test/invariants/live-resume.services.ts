import { thoroughness } from '../support/thoroughness.js';
import { followersMissNothing } from './live-suite.js';

// The same on two instances with Redis between them, which is killed and started again with everything forgotten.
followersMissNothing({ seeds: thoroughness.seeds, withRedis: true });
