/**
 * Ratios measured in one run ({@code mvn -Pbench}); nothing here asserts a time, and the test suite
 * does not run it.
 */
package io.gramian.compress.bench;
