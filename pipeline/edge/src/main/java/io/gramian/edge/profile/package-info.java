/** How fast a session is on this machine: the time to the first token, and that of each more. */
package io.gramian.edge.profile;
