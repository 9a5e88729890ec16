/**
 * What readers of Gramian's own JSON files share: {@link io.gramian.model.json.JsonFields} takes
 * nodes as what they must be, and words what is wrong with them alike in all files.
 */
package io.gramian.model.json;
