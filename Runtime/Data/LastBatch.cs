namespace ModelCompiler.Runtime.Data;

/// <summary>What happens to the items at the end of an epoch that do not fill a batch.</summary>
public enum LastBatch
{
    /// <summary>They are a batch of fewer rows: models run at any B up to their Max.</summary>
    Smaller,

    /// <summary>They are left out of this epoch; another order leaves out others.</summary>
    Dropped,
}
