/** A chunk of its own: only live pages load the Socket.IO client. */
export { io } from "socket.io-client";
