// npm start. Installs what is missing, then becomes the launcher: one process, so that signals need no passing on.
import { generatePrismaClient, installDependencies, requireNode, root } from './prepare.mjs';

requireNode();
process.chdir(root);
installDependencies();
generatePrismaClient();
const { register } = await import('tsx/esm/api');
register();
await import('../platform/stack/start.ts');
