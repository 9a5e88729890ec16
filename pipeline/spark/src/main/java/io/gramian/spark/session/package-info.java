/**
 * The Spark application: how a session is opened and how its jobs are named.
 *
 * <p>Every setting that Gramian needs is a default here and nowhere else; whatever {@code
 * spark-submit} or the command line gave wins.
 */
package io.gramian.spark.session;
