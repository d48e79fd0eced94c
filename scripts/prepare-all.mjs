// Dependencies and generated code, for commands that are not started through start, test or doctor.
import { generatePrismaClient, installDependencies, requireNode, root } from './prepare.mjs';

requireNode();
process.chdir(root);
installDependencies();
generatePrismaClient();
