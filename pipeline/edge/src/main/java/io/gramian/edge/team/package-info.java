/**
 * A fixed team of threads that computes a forward pass together: all members run the same method,
 * each on its own share of the rows, and meet at barriers. A pass takes milliseconds and has
 * hundreds of barriers, so members wait for each other by spinning, and sleep between passes.
 */
package io.gramian.edge.team;
