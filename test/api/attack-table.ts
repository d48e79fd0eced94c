/**
 * What every route answers to whom, about one case of Rostov in the middle of its expertise. «-др» is the same role of another region or
 * organisation. `

`;
