import { newId } from '../../transcript/create.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { applyOperations, type Operation } from '../../transcript/operations.ts';
import { jobEditPrefix } from '../contract.ts';
import type { Project } from '../projects/project.ts';

/** Where a running job writes its words. Others may write into the same document meanwhile. */
export type TranscriptSink = {
  readonly document: TranscriptDocument;
  /** How many of the job's words stand there from an earlier run that was broken off. */
  readonly heardWords: number;
  /**
   * @param make gives the operations for the document as it is when their turn comes
   * @param heardWords the job's words that stand there with them; null where it adds none
   */
  write(make: (document: TranscriptDocument) => Operation[], heardWords: number | null): Promise<void>;
  /** As a step of its own that a person can take back. */
  step(make: (document: TranscriptDocument) => Operation[], label: string): Promise<void>;
};

/** A document that nobody else sees before the job is done. */
export function documentSink(document: TranscriptDocument): TranscriptSink {
  const sink = {
    document,
    heardWords: 0,
    async write(make: (document: TranscriptDocument) => Operation[]) {
      sink.document = applyOperations(sink.document, make(sink.document)).document;
    },
    step: (make: (document: TranscriptDocument) => Operation[]) => sink.write(make),
  };
  return sink;
}

/** A project's document. Its run is the project's own: a medium is heard as a whole once. */
export function projectSink(project: Project): TranscriptSink {
  return {
    get document() {
      return project.document;
    },
    heardWords: project.heardWords(project.id),
    async write(make, heardWords) {
      if (heardWords === null) await project.edit(make, { origin: 'recogniser' });
      else await project.hear(project.id, heardWords, make);
    },
    async step(make, label) {
      await project.edit(make, { id: jobEditPrefix + newId(), origin: 'person', label });
    },
  };
}
