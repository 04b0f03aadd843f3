namespace ModelCompiler.Runtime.Cpu;

/// <summary>Item i turns one [length, inner] of [outer, length, inner] upside down.</summary>
readonly unsafe struct FlipRows(float* from, float* result, long length, long inner) : IWork
{
    readonly float* from = from, result = result;
    readonly long length = length, inner = inner;

    public void Run(int first, int last)
    {
        for (long item = first; item < last; item++)
        {
            float* row = from + (item + 1) * length * inner - inner, to = result + item * length * inner;
            if (inner == 1)
            {
                for (long t = 0; t < length; t++) to[t] = *row--;
                continue;
            }
            for (long t = 0; t < length; t++, row -= inner, to += inner) Rows.Move(row, to, inner);
        }
    }
}
