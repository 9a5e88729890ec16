/**
 * Recipes: the options of {@code compress} in a file, for a run that is to be had again.
 *
 * <p>A recipe's keys are the verb's options without their dashes, so what a key means, how it is
 * checked and what happens without it is said in one place. What stands on the command line
 * overrides the recipe, and the recipe overrides the options' own defaults.
 */
package io.gramian.jobs.recipe;
