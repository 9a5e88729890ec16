/**
 * Narrower models from a sorted one: a width is a prefix of every coupling's units, and slicing
 * takes it out of the weights.
 */
package io.gramian.compress.width;
