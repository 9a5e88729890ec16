package io.gramian.spark.tokenize;

import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;

/**
 * What a task needs to read splits.
 *
 * @param textColumn field or column that holds the text
 * @param bytesRead the phase's progress
 */
record SplitReading(
    Broadcast<ModelTokenizer> tokenizer,
    Broadcast<SerializableConfiguration> hadoop,
    String textColumn,
    LongAccumulator bytesRead)
    implements Serializable {

  Configuration configuration() {
    return hadoop.value().value();
  }
}
