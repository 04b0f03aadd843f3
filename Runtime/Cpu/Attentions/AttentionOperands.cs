namespace ModelCompiler.Runtime.Cpu.Attentions;

/// <summary>What the gradient of attention reads and writes; see <see cref="FusedAttention.Backward"/>.</summary>
unsafe struct AttentionOperands
{
    public MatrixView query, key, value, dResult;
    public float* logSum;
    public MatrixView dQuery, dKey, dValue;
    public AttentionExtras extras;
}
