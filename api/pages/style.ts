/** Style of the public pages: plain CSS, both colour schemes, print. Contrast is at least 4.5:1 everywhere. */
export const registryCss = `
:root{color-scheme:light dark;--bg:#f6f7fa;--card:#fff;--ink:#1b2333;--soft:#4d5870;--line:#d9dee8;--accent:#2446a8;--accent-ink:#fff;--good:#0f6b3e;--good-bg:#e2f4ea;--warn:#7a4a00;--warn-bg:#fdf0d5;--bad:#9c1c1c;--bad-bg:#fce6e6}
@media (prefers-color-scheme:dark){:root{--bg:#12151c;--card:#1b2029;--ink:#e8ebf2;--soft:#b3bccd;--line:#333b4a;--accent:#9db6ff;--accent-ink:#10182e;--good:#8fe0b4;--good-bg:#143524;--warn:#f5cd86;--warn-bg:#3a2b0d;--bad:#ffb3b3;--bad-bg:#431b1b}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:17px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","PT Sans",sans-serif}
.wrap{max-width:1040px;margin:0 auto;padding:0 20px}
a{color:var(--accent);text-underline-offset:.15em}
a:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,.scroll:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-9999px}
.skip:focus{left:12px;top:12px;background:var(--card);padding:10px 14px;z-index:2}
.top{background:var(--card);border-bottom:1px solid var(--line)}
.top .wrap{display:flex;align-items:center;justify-content:space-between;gap:8px 16px;min-height:64px;padding-top:10px;padding-bottom:10px;flex-wrap:wrap}
.brand{font-weight:700;font-size:1.15rem;color:var(--ink);text-decoration:none;display:inline-flex;align-items:center;gap:10px}
.mark{display:block}
.top nav{display:flex;gap:20px}
main.wrap{padding-top:32px;padding-bottom:56px}
h1{font-size:clamp(1.5rem,4vw,2.1rem);line-height:1.2;margin:.2em 0 .4em;text-wrap:balance}
h2{font-size:1.15rem;line-height:1.3;margin:0 0 .4em}
.lead{color:var(--soft);max-width:62ch;margin-top:0}
.filters{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:20px;display:grid;grid-template-columns:repeat(3,1fr);gap:16px;margin:24px 0}
.field{display:flex;flex-direction:column;gap:6px;min-width:0}
.field.wide{grid-column:1/-1}
.field label{font-weight:600;font-size:.92rem}
input,select{font:inherit;color:inherit;background:var(--bg);border:1px solid var(--soft);border-radius:8px;padding:10px 12px;width:100%;min-height:46px}
.buttons{grid-column:1/-1;flex-direction:row;align-items:center;gap:18px}
button,.button{font:inherit;font-weight:600;background:var(--accent);color:var(--accent-ink);border:0;border-radius:8px;padding:11px 22px;min-height:46px;cursor:pointer;text-decoration:none;display:inline-block}
.count{color:var(--soft);margin:0 0 14px}
.empty{background:var(--card);border:1px dashed var(--soft);border-radius:14px;padding:28px;text-align:center}
.cards{list-style:none;margin:0;padding:0;display:grid;gap:14px}
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:18px 20px}
.card p{margin:.25em 0}
.card h2{margin:.3em 0}
.card h2 a{color:var(--ink)}
.meta{display:flex;flex-wrap:wrap;align-items:center;gap:10px}
.number{font-family:ui-monospace,SFMono-Regular,Menlo,monospace;font-size:.92rem;color:var(--soft)}
.badge{font-size:.85rem;font-weight:600;padding:3px 10px;border-radius:99px}
.badge.good,.validity.good{background:var(--good-bg);color:var(--good)}
.badge.warn{background:var(--warn-bg);color:var(--warn)}
.badge.bad,.validity.bad{background:var(--bad-bg);color:var(--bad)}
.about,.facts{color:var(--soft)}
.pages{display:flex;gap:20px;margin-top:22px}
.crumbs{margin-bottom:14px}
.entry{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:26px clamp(18px,4vw,36px)}
.entry section{margin-top:30px}
.validity{display:inline-block;font-weight:600;border-radius:10px;padding:9px 14px;margin:4px 0 22px}
.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(230px,1fr));gap:16px 28px;margin:0}
.grid dt{color:var(--soft);font-size:.9rem}
.grid dd{margin:2px 0 0;overflow-wrap:anywhere}
.tags{display:flex;flex-wrap:wrap;gap:8px;list-style:none;margin:0;padding:0}
.tags li{border:1px solid var(--line);border-radius:8px;padding:5px 11px;background:var(--bg)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:9px 12px 9px 0;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--soft);font-weight:600;font-size:.9rem}
.permanent{margin:30px 0 0;overflow-wrap:anywhere}
.bottom{border-top:1px solid var(--line);color:var(--soft);font-size:.92rem;padding:18px 0 34px}
@media (max-width:720px){.filters{grid-template-columns:1fr}}
@media print{:root{--bg:#fff;--card:#fff;--ink:#000;--soft:#333;--line:#999;--accent:#000}.top,.filters,.pages,.crumbs,.skip,.bottom{display:none}.entry,.card{border:0;padding:0;break-inside:avoid}body{font-size:11pt}.badge,.validity{border:1px solid #000;background:none!important;color:#000!important}a{color:#000;text-decoration:none}.wrap{max-width:none;padding:0}}
`;
