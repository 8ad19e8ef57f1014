import { thoroughness } from '../support/thoroughness.js';
import { followersMissNothing } from './live-suite.js';

// The same with two instances and a Redis, which is killed and restarted empty.
followersMissNothing({ seeds: thoroughness.seeds, withRedis: true });
