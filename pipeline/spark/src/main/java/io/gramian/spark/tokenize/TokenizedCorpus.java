package io.gramian.spark.tokenize;

import io.gramian.checkpoint.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;

/**
 * The first pass and its result: every document's tokens, held on the executors in corpus order,
 * and a tally for each partition of them.
 */
final class TokenizedCorpus implements AutoCloseable {

  private final JavaRDD<TokenizedDocument> documents;
  private final TokenizeRequest.Cut cut;
  private final List<Tally> partitions;

  private TokenizedCorpus(
      JavaRDD<TokenizedDocument> documents, TokenizeRequest.Cut cut, List<Tally> partitions) {
    this.documents = documents;
    this.cut = cut;
    this.partitions = partitions;
  }

  /** Runs the tasks that produce {@code documents} and holds what they yield. */
  static TokenizedCorpus hold(JavaRDD<TokenizedDocument> documents, TokenizeRequest.Cut cut) {
    documents.setName("tokenized documents").persist(StorageLevel.MEMORY_AND_DISK());
    Packing packing = cut.packing();
    int length = cut.sequenceLength();
    List<Tally> partitions =
        documents
            .mapPartitions(partition -> List.of(Tally.of(partition, packing, length)).iterator())
            .collect();
    return new TokenizedCorpus(documents, cut, partitions);
  }

  /** What the whole corpus holds. */
  Tally tally() {
    return partitions.stream().reduce(Tally.NOTHING, Tally::plus);
  }

  /**
   * Decides which sequences to keep.
   *
   * @param name what messages call the corpus
   * @throws UserException if reading met trouble, or if there is not one sequence
   */
  Selection select(String name) {
    Tally corpus = tally();
    corpus.requireNoTrouble();
    if (corpus.documents() == 0) {
      throw new UserException(name + " holds no documents: every file, line or row is empty");
    }
    long sequences = cut.packing().sequences(corpus.extent(), cut.sequenceLength());
    if (sequences == 0) {
      throw new UserException(
          String.format(
                  Locale.ROOT,
                  "%s holds %d tokens in %d documents, fewer than one sequence of %d: ",
                  name,
                  corpus.tokens(),
                  corpus.documents(),
                  cut.sequenceLength())
              + "give more text, a smaller --sequence-length, or --packing split");
    }
    return Selection.of(sequences, cut.maximumSequences());
  }

  /** Cuts all documents and keeps the pieces of the selected sequences, under their new numbers. */
  JavaRDD<Piece> pieces(Selection selection) {
    List<Long> starts = starts();
    Packing packing = cut.packing();
    int length = cut.sequenceLength();
    return documents.mapPartitionsWithIndex(
        (partition, documents) ->
            new Cutter(packing, length, starts.get(partition)).pieces(documents, selection),
        false);
  }

  /** Gives the executors' memory back. */
  @Override
  public void close() {
    documents.unpersist(false);
  }

  /** The extent of everything before each partition. */
  private List<Long> starts() {
    List<Long> starts = new ArrayList<>();
    long start = 0;
    for (Tally partition : partitions) {
      starts.add(start);
      start += partition.extent();
    }
    return starts;
  }
}
