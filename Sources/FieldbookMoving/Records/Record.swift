import FieldbookModel

/// One thing of another tracker, in words of ours: what every source gives, and the recorder takes.
///
/// Order: experiments before their runs; of each run its points, then its end; models and traces after the runs that they name.
package enum Record: Sendable {
  case experiment(ForeignExperiment)
  case run(ForeignRun)
  /// Of the last run. A key may come again; its points then follow, or are more of the same.
  case points(MetricSeries)
  case endOfRun
  case loggedModel(ForeignLoggedModel)
  case model(ForeignModel)
  case trace(ForeignTrace)
  /// Something that is there and cannot come.
  case left(Left)
}

package typealias RecordSink = (Record) throws -> Void

/// Something of a source that is left there, and why.
package struct Left: Sendable, Equatable {
  package var kind: MovedKind
  /// Which one: an example stands for many of one reason.
  package var name: String
  package var reason: String
  package var count: Int

  package init(_ kind: MovedKind, _ name: String, reason: String, count: Int = 1) {
    self.kind = kind
    self.name = name
    self.reason = reason
    self.count = count
  }
}

package struct ForeignExperiment: Sendable, Equatable {
  package var name: String
  package var description: String?
  package var createdTime: Int64?
  package var isDeleted = false
  package var tags: [String: String] = [:]

  package init(name: String) { self.name = name }
}

package struct ForeignRun: Sendable {
  package var key: EntityKey
  /// As its tracker names it.
  package var id: String
  /// Of an experiment that came before.
  package var experiment: String
  package var name: String?
  package var user: String?
  package var state: RunState?
  /// Milliseconds since 1970, as are all times here.
  package var startTime: Int64?
  package var isDeleted = false
  package var parent: EntityKey?
  package var description: String?
  package var parameters: [String: String] = [:]
  package var tags: [String: String] = [:]
  /// Written if the run is not here yet, and left alone afterwards.
  package var foundingTags: [String: String] = [:]
  package var environment: [String: String] = [:]
  package var labels: [String] = []
  package var datasets: [Dataset] = []
  package var modelInputs: [LoggedModelID] = []
  package var modelOutputs: [ModelOutput] = []
  package var files: (any ForeignFiles)?

  package init(key: EntityKey, id: String, experiment: String) {
    self.key = key
    self.id = id
    self.experiment = experiment
  }
}

package struct ForeignLoggedModel: Sendable {
  package var id: LoggedModelID
  package var experiment: String
  package var name: String
  package var sourceRun: EntityKey?
  package var modelType: String?
  package var status: LoggedModelStatus
  package var createdTime: Int64?
  package var isDeleted = false
  package var parameters: [String: String] = [:]
  package var tags: [String: String] = [:]
  package var metrics: [LoggedModelMetric] = []
  package var files: (any ForeignFiles)?

  package init(
    id: LoggedModelID, experiment: String, name: String, status: LoggedModelStatus = .ready
  ) {
    self.id = id
    self.experiment = experiment
    self.name = name
    self.status = status
  }
}

/// A registered model with its versions.
package struct ForeignModel: Sendable, Equatable {
  package var name: String
  package var description: String?
  package var createdTime: Int64?
  package var tags: [String: String] = [:]
  /// Each the number of a version.
  package var aliases: [String: Int64] = [:]
  package var versions: [ForeignVersion] = []

  package init(name: String) { self.name = name }
}

package struct ForeignVersion: Sendable, Equatable {
  /// Of the thing that it is here, if it was here before; nil as a rule.
  package var key: EntityKey?
  package var number: Int64
  package var createdTime: Int64?
  package var source: String
  /// Where the files are as everybody can read it, if `source` is a place on one machine.
  package var place: String?
  package var run: EntityKey?
  package var stage: String?
  package var status: String?
  package var description: String?
  package var tags: [String: String] = [:]

  package init(number: Int64, source: String) {
    self.number = number
    self.source = source
  }
}
