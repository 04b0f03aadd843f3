namespace ModelCompiler.Runtime.Cpu;

/// <summary>Item i copies row rows[i] of the table [V, width] to row i of the result [count, width].</summary>
readonly unsafe struct GatherRows(float* table, int* rows, float* result, long width) : IWork
{
    readonly float* table = table, result = result;
    readonly int* rows = rows;
    readonly long width = width;

    public void Run(int first, int last)
    {
        for (int i = first; i < last; i++) Rows.Move(table + rows[i] * width, result + i * width, width);
    }
}
