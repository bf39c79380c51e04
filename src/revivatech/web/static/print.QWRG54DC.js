import"./chunk.73S35ZUP.js";function n(){for(let t of document.querySelectorAll("button[data-print]"))t.hidden=!1,t.addEventListener("click",()=>window.print())}export{n as startPrint};
