// Every exported function is a workflow type; name the exports one by one.
export { dppCertification } from './dpp-certification/workflow.ts';
export { mentoringCycle } from './mentoring-cycle/workflow.ts';
export { noticeDelivery } from './notice-delivery/workflow.ts';
